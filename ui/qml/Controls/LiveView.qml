pragma Singleton
// The program's one view of a camera; it lies in the LivePicture that is on the screen.
import QtQuick
import KioskUi

CameraView {
    anchors.fill: parent
}
