// Why a photo was refused, and how to take a better one: one text for each code of the recognizer.

const ADVICE = {
  no_face: ["No face was found.", "Take it from the front, so that eyes, nose and mouth are visible, and let the face fill a large part of the picture."],
  several_faces: ["There is more than one face.", "A photo must show only this person: crop the others out, or take another photo."],
  face_too_small: ["The face is too small.", "Come closer, or send the photo in its original size."],
  face_blurred: ["The face is blurred.", "Hold the camera still, wait until it has focused, and use more light."],
  face_too_dark: ["The face is too dark.", "Turn towards a window or a lamp, so that the light is in front of the person and not behind."],
  face_too_bright: ["The face is too bright.", "Step out of direct sun or away from the lamp, and switch the flash off."],
  face_turned_away: ["The face is turned away.", "Look straight into the camera. A small turn is fine, a profile is not."],
  face_of_another_person: ["This is the face of another enrolled person.", "If both are the same person, add the photo there, or merge the two. If not, take a clearer photo of this person."],
  image_empty: ["The file is empty.", "Choose the photo again. It may not have been copied completely."],
  image_too_large: ["The photo is too large.", "Save it smaller, below 4 MB."],
  image_too_many_pixels: ["The photo has too many pixels.", "Save it smaller: 12 megapixels are enough."],
  image_unsupported: ["This kind of picture can't be read.", "Save it again, as JPEG, PNG or WebP. On an iPhone: Settings, Camera, Formats, “Most Compatible”."],
  image_truncated: ["The file is damaged or cut short.", "Copy the photo again from the camera or phone."],
  unsupported_media_type: ["This is not a picture.", "Choose a JPEG, PNG or WebP file."],
  body_too_large: ["The photo is too large.", "Save it smaller, below 4 MB."],
  person_not_found: ["This person does not exist any more.", "Somebody deleted the record. Go back to “People”."],
  overloaded: ["Too many pictures are waiting at the recognizer.", "Wait a moment, then try this photo again."],
  not_ready: ["The recognizer is busy or can't reach its store.", "Wait a moment, then try this photo again."],
};

/**
 * Why a photo was refused, with advice.
 * @param {{code?: string, message: string}} error
 * @returns {{why: string, advice: string, detail: string}} `detail` is the recognizer's own message.
 */
export function adviceFor(error) {
  const [why, advice] = ADVICE[error.code] ?? ["The photo could not be added.", "Try again. If that does not help, try another photo."];
  return {why, advice, detail: error.message};
}
