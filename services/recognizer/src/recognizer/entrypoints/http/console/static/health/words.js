// Texts of the health page: stages, and refusals with advice.

/** The stages of a recognition, in the order of the work. */
export const STAGES = {
  decode: "Reading the picture",
  detect: "Finding the faces",
  align: "Aligning the faces",
  embed: "Computing embeddings",
  match: "Comparing with everybody",
  record: "Looking up the person",
  total: "Total",
};

const FACES = {
  too_small: ["Too small in the picture", "Move the camera closer, or set a higher resolution."],
  blurred: ["Blurred", "People walk by quickly, or the lens is out of focus. More light helps, since it allows shorter exposures."],
  too_dark: ["Too dark", "Give more light from the front."],
  too_bright: ["Too bright", "Avoid a lamp or the sun that shines directly at the face."],
  turned_away: ["Turned away", "Mount the camera where people look, at eye level."],
};

const PHOTOS = {
  no_face: ["No face was found", "Take a photo that shows the face from the front, large and sharp."],
  several_faces: ["There were several faces", "Take a photo of one person alone."],
  face_too_small: ["The face was too small", "Go closer, or send the photo in its full size."],
  face_blurred: ["The face was blurred", "Hold still, and take it in good light."],
  face_too_dark: ["The face was too dark", "Take it with light from the front."],
  face_too_bright: ["The face was too bright", "Take it away from direct light."],
  face_turned_away: ["The face was turned away", "Look straight into the camera."],
  face_of_another_person: ["It looked like another enrolled person", "Check that the photo shows this person. Two records of one person can be merged."],
  image_empty: ["The file was empty", "Choose the photo again."],
  image_too_large: ["The file was too large", "Send a smaller one; 4 MB is enough."],
  image_too_many_pixels: ["The photo had too many pixels", "Make it smaller; the maximum is 25 million pixels."],
  image_unsupported: ["It was not a JPEG, PNG or WebP, or an unusual one", "Save it again as a JPEG."],
  image_truncated: ["The file was cut short", "Copy it again."],
};

/** A refusal in words, with advice. */
export function refusal({what, reason}) {
  const [words, advice] = (what === "face" ? FACES : PHOTOS)[reason] ?? [reason.replaceAll("_", " "), ""];
  return {of: what === "face" ? "a face at a camera" : "a photo to enrol", words, advice};
}
