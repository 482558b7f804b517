// What the health page says: stages, and why a face or a photo was refused, and what helps.

/** The stages of a recognition, in the order of the work. */
export const STAGES = {
  decode: "Reading the picture",
  detect: "Finding the faces",
  align: "Turning them upright",
  embed: "Measuring them",
  match: "Comparing with everybody",
  record: "Looking up the person",
  total: "All of it",
};

const FACES = {
  too_small: ["Too small in the picture", "Move the camera closer, or choose a larger picture in its settings."],
  blurred: ["Blurred", "People walk by quickly, or the lens is out of focus. More light helps: the camera then exposes for a shorter time."],
  too_dark: ["Too dark", "Give more light from the front."],
  too_bright: ["Too bright", "Avoid a lamp or the sun shining right at the face."],
  turned_away: ["Turned away", "Hang the camera where people look, at the height of their eyes."],
};

const PHOTOS = {
  no_face: ["No face was found", "Take a photo that shows the face from the front, large and sharp."],
  several_faces: ["Several faces were in it", "Take a photo of one person alone."],
  face_too_small: ["The face was too small", "Go closer, or send the photo in its full size."],
  face_blurred: ["The face was blurred", "Hold still, and take it in good light."],
  face_too_dark: ["The face was too dark", "Take it with light from the front."],
  face_too_bright: ["The face was too bright", "Take it away from direct light."],
  face_turned_away: ["The face was turned away", "Look straight into the camera."],
  face_of_another_person: ["It looked like somebody else who is known", "Look whether the photo belongs to this person; two records of one person can be merged."],
  image_empty: ["The file was empty", "Choose the photo again."],
  image_too_large: ["The file was too large", "Send a smaller one; 4 MB is enough."],
  image_too_many_pixels: ["The photo had too many pixels", "Make it smaller; 25 million pixels are the most."],
  image_unsupported: ["It was no JPEG, PNG or WebP, or an unusual one", "Save it again as a JPEG."],
  image_truncated: ["The file was broken off", "Copy it again."],
};

/** A refusal in words, with advice. */
export function refusal({what, reason}) {
  const [words, advice] = (what === "face" ? FACES : PHOTOS)[reason] ?? [reason.replaceAll("_", " "), ""];
  return {of: what === "face" ? "a face at a camera" : "a photo to enrol", words, advice};
}
